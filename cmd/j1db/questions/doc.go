// Package questions reads saved questions in the form of JupiterOne's
// questions.yaml, and holds the set that ships with the program: what security and
// IT engineers ask of Heroku, JumpCloud and the people behind their accounts.
package questions
