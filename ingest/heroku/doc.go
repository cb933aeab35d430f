// Package heroku collects what a Heroku account holds: enterprise accounts,
// teams, people, applications, add-ons, and what decides who reaches them.
//
// The first ten steps supply what JupiterOne's own integration supplies, under
// the same types, keys and properties. The optional ones go beyond it, and a key
// that may not do one of them loses that one alone. The collector only reads, and
// it never asks for config vars.
package heroku
