package emulator

import (
	"slices"
	"strings"
)

// person is somebody, or something, that works for the company.
type person struct {
	first, last string
	department  string
	title       string
	teams       string // Heroku teams and roles, such as "payments=admin data=member"
	flags       string // words that make the person special; see is
}

// is says whether a person has a flag:
//
//	suspended  left the company; suspended in JumpCloud
//	staged     has not begun yet
//	twin       has the name of somebody else
//	shouts     Heroku knows the e-mail in capitals
//	outside    a contractor: at Heroku only, and in no enterprise account
//	billing    in the enterprise account, but in no team
//	roleless   Heroku gives no role
//	bot, service, generic   not a person, by JumpCloud's employee type
//	unmailed   has no e-mail address
func (p person) is(flag string) bool { return slices.Contains(strings.Fields(p.flags), flag) }

// human says whether it is a person at all.
func (p person) human() bool { return !p.is("bot") && !p.is("service") && !p.is("generic") }

// username is the person's login.
func (p person) username() string {
	if !p.human() {
		return p.first
	}
	name := strings.ToLower(p.first + "." + p.last)
	if p.is("twin") {
		name += "2"
	}
	return name
}

// email is the person's address, in lower case.
func (p person) email() string {
	switch {
	case p.is("unmailed"):
		return ""
	case p.is("outside"):
		return p.username() + "@fernhollow.example"
	}
	return p.username() + "@orchard.example"
}

// company lists everybody. Departments name the groups that people are in.
func company() []person {
	return []person{
		{"Amara", "Quarrendon", "Platform", "Head of Platform", "platform=admin security=member", ""},
		{"Bjarki", "Tavenish", "Platform", "Site Reliability Engineer", "platform=admin payments=member", ""},
		{"Chidinma", "Vellacourt", "Platform", "Platform Engineer", "platform=member", ""},
		{"Daniyar", "Oskarro", "Platform", "Platform Engineer", "platform=member data=member", ""},
		{"Eluned", "Brindlemark", "Platform", "Release Engineer", "platform=member storefront=member mobile=member", ""},
		{"Farzaneh", "Ombrelle", "Platform", "Database Engineer", "platform=member data=admin", ""},
		{"Goran", "Thistlewane", "Payments", "Head of Payments", "payments=admin", ""},
		{"Hinemoa", "Ferromonte", "Payments", "Payments Engineer", "payments=member", ""},
		{"Ixchel", "Kasherova", "Payments", "Payments Engineer", "payments=member", "shouts"},
		{"Jaswinder", "Belvaros", "Payments", "Ledger Engineer", "payments=member data=member", ""},
		{"Kalani", "Ndalamo", "Payments", "Principal Engineer", "payments=admin", "suspended"},
		{"Leocadia", "Marrowfen", "Payments", "Risk Analyst", "payments=collaborator", ""},
		{"Mbali", "Hazelwick", "Storefront", "Head of Storefront", "storefront=admin", ""},
		{"Nguyet", "Corvantes", "Storefront", "Frontend Engineer", "storefront=member", ""},
		{"Oyelaran", "Pellinsky", "Storefront", "Frontend Engineer", "storefront=member growth=member", ""},
		{"Paloma", "Drumshanbow", "Storefront", "Full Stack Engineer", "storefront=member data=member", "suspended"},
		{"Quillan", "Abernoor", "Storefront", "Accessibility Engineer", "storefront=member", ""},
		{"Rukmini", "Sallowby", "Storefront", "Search Engineer", "storefront=member", ""},
		{"Saoirse", "Mandrevic", "Storefront", "Designer", "", ""},
		{"Tevita", "Goldenrood", "Mobile", "Head of Mobile", "mobile=admin", ""},
		{"Ulugbek", "Fairlomond", "Mobile", "iOS Engineer", "mobile=member", ""},
		{"Valdis", "Nightmeadow", "Mobile", "Android Engineer", "mobile=member", ""},
		{"Wambui", "Estervale", "Mobile", "Android Engineer", "mobile=member", "suspended"},
		{"Xiadani", "Larkspurton", "Mobile", "QA Engineer", "mobile=member tools=member", "roleless"},
		{"Yevheniya", "Applegarden", "Data", "Head of Data", "data=admin", ""},
		{"Zainab", "Moorquist", "Data", "Data Engineer", "data=member", ""},
		{"Aurelio", "Winterbourg", "Data", "Data Engineer", "data=member", ""},
		{"Birgitta", "Solanque", "Data", "Analyst", "data=member growth=member", ""},
		{"Cosmin", "Umberfield", "Data", "Machine Learning Engineer", "data=member labs=admin", ""},
		{"Dilnoza", "Petrichay", "Growth", "Head of Growth", "growth=admin", ""},
		{"Efua", "Lindequist", "Growth", "Marketing Engineer", "growth=member", ""},
		{"Fionnuala", "Zabriskov", "Growth", "Content Editor", "growth=collaborator", ""},
		{"Gaurav", "Mistlethorn", "Growth", "Campaign Manager", "", ""},
		{"Hyacinth", "Torvaldine", "Tools", "Head of Internal Tools", "tools=admin", ""},
		{"Imran", "Castellbury", "Tools", "Tools Engineer", "tools=member", ""},
		{"Jolanta", "Overwyck", "Tools", "Tools Engineer", "tools=member platform=member", ""},
		{"Kwabena", "Fennimarsh", "Tools", "Support Engineer", "tools=member", ""},
		{"Lucasta", "Brackenridgely", "Security", "Head of Security", "security=admin platform=member", ""},
		{"Matthias", "Oyanguren-Holt", "Security", "Security Engineer", "security=member", ""},
		{"Noor", "Halvorquist", "Security", "Security Analyst", "security=member", ""},
		{"Ottoline", "Peregrin-Voss", "Security", "Compliance Manager", "security=member", "suspended"},
		{"Pradeep", "Runcibal", "Finance", "Head of Finance", "", "billing"},
		{"Quirine", "Santolucia", "Finance", "Accountant", "", "billing"},
		{"Rasmus", "Tillandrey", "Finance", "Controller", "", ""},
		{"Sunniva", "Averell-Roche", "People", "Head of People", "", ""},
		{"Thandeka", "Wolderbeek", "People", "Recruiter", "", ""},
		{"Uxue", "Montferran", "People", "Office Manager", "", ""},
		{"Vikram", "Nettlebrook", "Sales", "Head of Sales", "", ""},
		{"Wilhelmina", "Okparaeke-Lind", "Sales", "Account Executive", "", ""},
		{"Xander", "Greywether", "Sales", "Account Executive", "", "suspended"},
		{"Yolanthe", "Istrakova", "Sales", "Solutions Engineer", "storefront=collaborator", ""},
		{"Zoltan", "Meriwold", "Support", "Head of Support", "tools=collaborator", ""},
		{"Robin", "Ashgrove", "Support", "Support Specialist", "tools=collaborator", ""},
		{"Robin", "Ashgrove", "Support", "Support Specialist", "", "twin"},
		{"Ailani", "Dovershade", "Support", "Support Specialist", "", ""},
		{"Benedikta", "Farrowgate", "Mobile", "iOS Engineer", "", "staged"},
		{"Casimir", "Underhollow", "", "Contractor", "growth=collaborator labs=member", "outside"},
		{"Delphine", "Rookwarden", "", "Contractor", "mobile=collaborator", "outside"},
		{"ci-runner", "", "Platform", "", "", "bot"},
		{"alert-relay", "", "Platform", "", "", "bot"},
		{"deploy", "", "Platform", "", "platform=member payments=member storefront=member", "service"},
		{"heroku-audit", "", "Security", "", "", "service"},
		{"backup", "", "Tools", "", "", "service"},
		{"meeting-room", "", "", "", "", "generic unmailed"},
	}
}
