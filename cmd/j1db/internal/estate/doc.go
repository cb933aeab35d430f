// Package estate invents a company's estate for measurements: eleven types of
// entities and twenty-four kinds of relationships, with hubs, at any size, in two
// versions, and the same for equal seeds.
//
// New draws the relationships and keeps them in arrays. What an entity holds is a
// function of the seed, its type and its number, and is made anew whenever it is
// asked for. View.Write writes one version as JSON Lines in JupiterOne's shape;
// View.Suite asks a number of questions of it and says what the answers must be,
// worked out from the arrays by plain loops, with no database anywhere.
//
// No name in here is anybody's: addresses end in orchard.example.
package estate
