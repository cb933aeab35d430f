// Package render prints answers: boxed tables, lines, JSON in JupiterOne's
// shapes, JSON Lines, CSV, Markdown, indented trees and DOT.
//
// Machine formats are byte for byte the same for equal answers. What is meant
// for people is fitted to a width, and no format for people lets a control
// character of the data through.
package render
