package querytest

// Rule is one thing that the naive evaluator decides, said in a sentence. Where
// JupiterOne's documents are silent, the rule is a choice of this project. Every
// place that follows a rule asks for it by name, so that each has one home.
//
// A Naive can be told to go against one rule. The scripts say enough when none of
// these evaluators passes them.
type Rule string

// The rules of the traversal.
const (
	AnyDirection       Rule = "a hop without an arrow takes relationships both ways"
	SelfLoopOnce       Rule = "a relationship from an entity to itself is one step"
	ParallelPaths      Rule = "two relationships between one pair are two paths"
	EntityReuse        Rule = "a path may come to an entity again"
	RelationshipReuse  Rule = "a path may go back over the relationship it came by"
	NegationToEnd      Rule = "what follows the first negated hop is inside the negation"
	SkipRow            Rule = "an optional group also lets every row pass without it"
	SkipFirst          Rule = "the row that skips a group comes before those that take it"
	EmptyMatch         Rule = "a group that binds nothing gives no row beside the one that skips it"
	Subsumption        Rule = "a row goes when another binds the same and more"
	SubsumeBeforeWhere Rule = "rows are subsumed before WHERE is asked"
	GroupEnd           Rule = "the alias after a group is the entity before it in rows that skip it"
	DeletedHidden      Rule = "deleted objects are not there"
	DeletedShown       Rule = "deleted objects are there when the request asks for them"
	SmartTags          Rule = "a smart class holds an entity whose tags list has its name"
	SmartTag           Rule = "a smart class holds an entity whose tag of that name is true"
	SmartDefinition    Rule = "a smart class holds an entity that the definition in the settings describes"
)

// The rules of conditions.
const (
	ParameterAny    Rule = "a list as parameter stands for any of its elements"
	ParameterNull   Rule = "a null as parameter stands for undefined"
	ParameterKnown  Rule = "a parameter without a value is an error"
	SubQueryFlat    Rule = "lists that a sub-query returns stand for their elements"
	SubQueryDefined Rule = "a missing value that a sub-query returns matches nothing"
)

// The rules of results.
const (
	StartEntities   Rule = "without RETURN the answer is the start of the chain"
	StartDistinct   Rule = "without RETURN each entity is there once"
	RowPerPath      Rule = "RETURN gives a row for each path, equal ones too"
	UniqueRows      Rule = "UNIQUE removes equal rows"
	UniqueFirst     Rule = "UNIQUE comes before SKIP and LIMIT"
	TreeOnce        Rule = "a tree has each vertex and edge once"
	TreeLimit       Rule = "SKIP and LIMIT choose the paths that a tree is built from"
	StarMetadata    Rule = "selector.* shows the engine's properties too"
	StarReturned    Rule = "selector.* has a column for what the returned rows have"
	StarOnce        Rule = "selector.* leaves out what has a column already"
	GroupTuple      Rule = "all items without an aggregate are the key together"
	GroupMissing    Rule = "undefined and null are one key"
	GroupNone       Rule = "aggregates alone give a row even for nothing"
	CountDistinct   Rule = "COUNT counts different entities or values"
	CountDefined    Rule = "COUNT does not see what is missing or unbound"
	CountStar       Rule = "COUNT(*) counts rows"
	SumOnce         Rule = "SUM and AVG take each entity, or combination of them, once"
	SumNumbers      Rule = "SUM and AVG pass over what is no number"
	SumEmpty        Rule = "SUM of nothing is 0"
	AvgEmpty        Rule = "AVG of nothing is null"
	ExtremesByOrder Rule = "MIN and MAX compare any values, as ORDER BY does"
	HavingEarly     Rule = "HAVING comes before SKIP and LIMIT"
	ArithmeticNull  Rule = "arithmetic on what is no number is null"
	DivisionNull    Rule = "division by zero is null, as is all that is no finite number"
	RoundAway       Rule = "ROUND takes halves away from zero"
	ConcatMissing   Rule = "CONCAT writes nothing for what is missing"
	MergeFlat       Rule = "MERGE takes the elements of lists"
	MergeOnce       Rule = "MERGE drops repetitions"
	MergeDefined    Rule = "MERGE drops what is missing"
	UnwindRows      Rule = "UNWIND gives a row for each element, and several multiply"
	UnwindEarly     Rule = "grouping comes after UNWIND"
	UnwindMissing   Rule = "UNWIND of a missing value gives one row"
	UnwindEmpty     Rule = "UNWIND of an empty list gives none"
	MissingGreatest Rule = "what is missing sorts after everything else"
	MissingAlike    Rule = "undefined and null sort alike"
	DescTies        Rule = "ties keep their order under DESC"
	TableOrder      Rule = "rows that no key tells apart follow table and row, place by place"
	SkipThenLimit   Rule = "SKIP is taken before LIMIT counts"
)

// Rules lists every rule.
func Rules() []Rule {
	return []Rule{
		AnyDirection, SelfLoopOnce, ParallelPaths, EntityReuse, RelationshipReuse, NegationToEnd, SkipRow, SkipFirst, EmptyMatch, Subsumption, SubsumeBeforeWhere, GroupEnd, DeletedHidden, DeletedShown, SmartTags, SmartTag, SmartDefinition,
		ParameterAny, ParameterNull, ParameterKnown, SubQueryFlat, SubQueryDefined,
		StartEntities, StartDistinct, RowPerPath, UniqueRows, UniqueFirst, TreeOnce, TreeLimit, StarMetadata, StarReturned, StarOnce, GroupTuple, GroupMissing, GroupNone, CountDistinct, CountDefined, CountStar, SumOnce, SumNumbers, SumEmpty, AvgEmpty, ExtremesByOrder, HavingEarly, ArithmeticNull, DivisionNull, RoundAway, ConcatMissing, MergeFlat, MergeOnce, MergeDefined, UnwindRows, UnwindEarly, UnwindMissing, UnwindEmpty, MissingGreatest, MissingAlike, DescTies, TableOrder, SkipThenLimit,
	}
}
