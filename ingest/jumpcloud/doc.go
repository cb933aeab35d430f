// Package jumpcloud collects what a JumpCloud directory holds: organizations,
// users, groups, applications, Apple devices, systems, and who reaches what.
//
// The first eight steps supply what JupiterOne's own integration supplies, under
// the same types, keys and properties. The optional ones go beyond it, and a key
// that may not do one of them loses that one alone. The collector only reads; the
// configuration of single sign-on, which holds keys, is dropped as it arrives.
package jumpcloud
