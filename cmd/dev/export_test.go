package main

// Slowdowns is what the comparison of two revisions decides by.
var Slowdowns = slowdowns
