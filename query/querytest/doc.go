// Package querytest says what J1QL means, and holds an engine to it: graphs
// written as text, scripts of queries with their answers, the naive evaluator, and
// random graphs and queries on which two engines must agree.
//
// # Text graphs
//
// A text graph has one line for each entity and relationship:
//
//	# people
//	User                 okta_user:ada   name="Ada L." active=true
//	(DataStore,Disk)     disk:1          size=20 tags=[prod,"cost centre"] owner=null
//	okta_user:ada OWNS disk:1  since=@2024-03-31
//	instance acme provider=acme class=[SaaS]
//	deleted User         okta_user:bob   _endOn=@2024-02-01
//
// An entity is its class, or its classes in parentheses, and its key, whose part
// before the colon is its type. A relationship is a key, a verb and a key of lines
// above it; its own key and type follow from them, or are given as _key and _type.
// Properties follow: true, false, null, numbers, times after @ (as epoch
// milliseconds), lists in brackets, and anything else is text. Quotes are those of
// JSON and are needed for white space, for what would read otherwise, and around
// odd names. _type, _version, _createdOn, _beginOn and _endOn set the engine's own
// properties; a line that begins with deleted is no longer alive. A line
// `instance name` makes the following objects belong to that instance, with the
// settings provider, source and class; before the first one it is "test". A key of
// another instance is written instance::key where this one has the same.
//
// # Scripts
//
// A script is a txtar archive about one topic. A section `graph` holds a text
// graph, `graph name` reads testdata/graphs/name; it serves the cases that follow.
// Every other section is a case: lines that begin with @, the statement, a line of
// four dashes, and the answer.
//
//	-- a capital letter means a class --
//	@now 2024-03-31T12:00:00Z
//	@param kind=[a,b]
//	@smart Production = tag.Production = true
//	@deleted
//	FIND User AS u RETURN u.name, COUNT(u) AS n
//	----
//	table u.name | n
//	"Ada L." | 1
//	warning: part of a warning
//
// The answer begins with the kind of result and the columns of a table; then comes
// a line for each row, an object being <key>, and of a tree a line for each vertex
// and edge. `error CODE: part of the message` stands for a statement that is
// refused. @deleted asks for deleted objects too; the others set what date.now,
// ${kind} and #Production mean.
package querytest
