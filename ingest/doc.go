// Package ingest runs collectors: tables of steps that read a provider and
// supply entities and relationships. What is true of every collector is here:
// order and concurrency of steps, normalisation, validation, completeness and
// the report of a run. It knows neither a vendor nor a file format nor a store.
package ingest
