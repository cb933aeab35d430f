package questions

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/j1db/j1db/query/syntax"
)

// File is a file of questions.
type File struct {
	SourceID                string     `yaml:"sourceId"`
	IntegrationDefinitionID string     `yaml:"integrationDefinitionId"`
	Questions               []Question `yaml:"questions"`
}

// Question is one question, which one or several queries answer.
type Question struct {
	ID          string       `yaml:"id"`
	Title       string       `yaml:"title"`
	Description string       `yaml:"description"`
	Queries     []Query      `yaml:"queries"`
	Tags        []string     `yaml:"tags"`
	Compliance  []Compliance `yaml:"compliance"`
}

// Query is one query of a question.
type Query struct {
	Name  string `yaml:"name"`
	Query string `yaml:"query"`
	// ResultsAre says what rows mean: GOOD, BAD, INFORMATIVE or UNKNOWN.
	ResultsAre string `yaml:"resultsAre"`
}

// Compliance names what a question is evidence for.
type Compliance struct {
	Standard     string   `yaml:"standard"`
	Requirements []string `yaml:"requirements"`
	Controls     []string `yaml:"controls"`
}

//go:embed own.yaml
var own []byte

// Own returns the questions that ship with the program.
func Own() (*File, error) { return Parse(own) }

// Parse reads a file. Fields that it does not know are left alone: files written
// for JupiterOne may have more. What else is wrong, Validate says.
func Parse(text []byte) (*File, error) {
	var f File
	if err := yaml.Unmarshal(text, &f); err != nil {
		return nil, fmt.Errorf("parse questions: %w", err)
	}
	return &f, nil
}

// Find returns the question of that id, nil when there is none.
func (f *File) Find(id string) *Question {
	i := slices.IndexFunc(f.Questions, func(q Question) bool { return q.ID == id })
	if i < 0 {
		return nil
	}
	return &f.Questions[i]
}

// IDs lists the ids in their order.
func (f *File) IDs() []string {
	ids := make([]string, len(f.Questions))
	for i, q := range f.Questions {
		ids[i] = q.ID
	}
	return ids
}

// Mentions reports whether a word, in any case, is part of what a question says.
func (q *Question) Mentions(word string) bool {
	texts := append([]string{q.ID, q.Title, q.Description}, q.Tags...)
	for _, query := range q.Queries {
		texts = append(texts, query.Query)
	}
	return strings.Contains(strings.ToLower(strings.Join(texts, "\n")), strings.ToLower(word))
}

// Validate returns everything that is wrong with the file, in its order.
func (f *File) Validate() []error {
	var errs []error
	if len(f.Questions) == 0 {
		errs = append(errs, errors.New("the file has no questions"))
	}
	ids, titles := map[string]bool{}, map[string]bool{}
	for i := range f.Questions {
		q := &f.Questions[i]
		name := fmt.Sprintf("question %d (%s)", i+1, q.ID)
		for _, err := range q.validate(ids, titles) {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
	}
	return errs
}

func (q *Question) validate(ids, titles map[string]bool) []error {
	var errs []error
	add := func(wrong bool, format string, args ...any) {
		if wrong {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	add(q.ID == "", "it has no id")
	add(q.Title == "", "it has no title")
	add(len(q.Queries) == 0, "it has no queries")
	add(q.ID != "" && ids[q.ID], "another question has the same id")
	add(q.Title != "" && titles[q.Title], "another question has the same title")
	ids[q.ID], titles[q.Title] = true, true
	tags, names := map[string]bool{}, map[string]bool{}
	for _, tag := range q.Tags {
		add(tags[tag], "the tag %q stands there twice", tag)
		tags[tag] = true
	}
	for i, query := range q.Queries {
		add(query.Name != "" && names[query.Name], "two queries have the name %q", query.Name)
		names[query.Name] = true
		add(!slices.Contains(meanings, query.ResultsAre), "query %d: resultsAre is GOOD, BAD, INFORMATIVE or UNKNOWN, not %q", i+1, query.ResultsAre)
		if err := query.validate(); err != nil {
			errs = append(errs, fmt.Errorf("query %d: %w", i+1, err))
		}
	}
	for _, c := range q.Compliance {
		add(c.Standard == "", "a compliance entry has no standard")
	}
	return errs
}

var meanings = []string{"", "GOOD", "BAD", "INFORMATIVE", "UNKNOWN"}

func (q *Query) validate() error {
	if strings.Contains(q.Query, "{{") {
		return nil // it is a query once its placeholders are filled
	}
	tree, err := syntax.Parse(q.Query)
	if err != nil {
		return err
	}
	return syntax.Validate(tree)
}
