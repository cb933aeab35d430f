package j1files

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// maxSummary bounds summary.json, in bytes. It may list every key of a run.
const maxSummary = 256 << 20

// summary is what an integration's run says of itself: the part of summary.json
// that tells what it did not read whole, and what its own tools show.
type summary struct {
	Steps    []stepSummary   `json:"integrationStepResults"`
	Metadata summaryMetadata `json:"metadata"`

	unknown string // why nothing is known of what is whole
}

type summaryMetadata struct {
	PartialDatasets struct {
		Types []string `json:"types"`
	} `json:"partialDatasets"`
}

type stepSummary struct {
	ID           string         `json:"id"`
	Name         string         `json:"name"`
	DependsOn    []string       `json:"dependsOn"`
	Declared     []string       `json:"declaredTypes"`
	Partial      []string       `json:"partialTypes"`
	Encountered  []string       `json:"encounteredTypes"`
	Counts       map[string]int `json:"encounteredTypeCounts,omitempty"`
	Status       string         `json:"status"`
	Start        int64          `json:"startTime"`
	End          int64          `json:"endTime"`
	Milliseconds int64          `json:"duration"`
}

// Statuses of a step.
const (
	statusSuccess = "success"
	statusCached  = "cached"
)

// readSummary reads summary.json.
func readSummary(root *os.Root, opt *Options) (*summary, error) {
	info, err := root.Lstat(summaryFile)
	if errors.Is(err, fs.ErrNotExist) {
		return &summary{unknown: summaryFile + " is missing: the run that wrote the folder did not end"}, nil
	}
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is no regular file")
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", summaryFile, err)
	}
	f, err := openExpanded(root, summaryFile, opt)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", summaryFile, err)
	}
	defer f.Close()
	return decodeSummary(f)
}

func decodeSummary(r io.Reader) (*summary, error) {
	limited := &io.LimitedReader{R: r, N: maxSummary + 1}
	b, err := io.ReadAll(limited)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", summaryFile, err)
	}
	if limited.N == 0 {
		return nil, fmt.Errorf("read %s: it is longer than %d bytes", summaryFile, maxSummary)
	}
	// Start and end are numbers or texts, by version; they are not needed.
	var in struct {
		Steps []struct {
			ID       string   `json:"id"`
			Status   string   `json:"status"`
			Declared []string `json:"declaredTypes"`
			Partial  []string `json:"partialTypes"`
		} `json:"integrationStepResults"`
		Metadata *summaryMetadata `json:"metadata"`
	}
	if err := json.Unmarshal(b, &in); err != nil {
		return nil, fmt.Errorf("decode %s: %w", summaryFile, err)
	}
	s := &summary{}
	if in.Metadata == nil {
		s.unknown = summaryFile + " does not say what is partial"
	} else {
		s.Metadata = *in.Metadata
	}
	for _, step := range in.Steps {
		s.Steps = append(s.Steps, stepSummary{ID: step.ID, Status: step.Status, Declared: step.Declared, Partial: step.Partial})
	}
	return s, nil
}

// mark notes in r what is partial. To what the run itself declares come the types
// of steps that did not run: a step that is switched off read nothing, and absence
// says nothing then.
func (s *summary) mark(r *Report) {
	if r.Incomplete == "" {
		r.Incomplete = s.unknown
	}
	for _, step := range s.Steps {
		if step.Status != statusSuccess && step.Status != statusCached {
			r.addPartials(step.Declared, fmt.Sprintf("step %.80s: %.80s", step.ID, step.Status))
		}
		r.addPartials(step.Partial, fmt.Sprintf("step %.80s declares it partial", step.ID))
	}
	r.addPartials(s.Metadata.PartialDatasets.Types, summaryFile+" declares it partial")
}
