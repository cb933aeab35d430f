package main

// Slowdowns is what the comparison of two revisions decides by.
var Slowdowns = slowdowns

// WithNumbers fills the tables of the page on performance.
var WithNumbers = withNumbers
