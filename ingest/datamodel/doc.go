// Package datamodel knows JupiterOne's classes and verbs as data, for the
// versions of the data model that it embeds, and checks entities against them.
//
// Load reads a version's file, which takes well under two milliseconds; nothing
// is read before. A Model is immutable and safe for concurrent use. What
// Validate finds is what the JSON schemas of that version would, one Issue for
// each property and rule; whether an issue is a warning or a failure is the
// caller's decision.
//
// The files in data derive from JupiterOne's schemas, which are under the
// Mozilla Public License 2.0, and stay under it: see their headers and
// data/LICENSE.
package datamodel
