package estate

// What estates are made of. A word that is there twice is drawn twice as often.
var (
	stages = []string{"prod", "prod", "staging", "test", "dev", "demo", "review"}
	nouns  = []string{
		"almond", "apple", "apricot", "barn", "basket", "blossom", "bramble", "cellar", "cherry", "cider", "clover", "crate",
		"currant", "damson", "elder", "fig", "graft", "harvest", "hazel", "hedge", "ladder", "lemon", "loam", "medlar",
		"mulberry", "nectar", "orchid", "pear", "plum", "pollen", "press", "quince", "redis", "rootstock", "russet", "sapling",
		"shed", "sloe", "trellis", "walnut",
	}
	given = []string{
		"ada", "bo", "cleo", "dara", "elif", "finn", "gita", "hugo", "ines", "jomo", "kaya", "lior", "mina", "nils", "oona",
		"pavel", "quinn", "rosa", "sami", "tove", "uma", "viggo", "wanda", "xenia", "yara", "zeno",
	}
	family = []string{
		"alder", "beech", "birch", "cedar", "cypress", "dogwood", "elm", "fir", "ginkgo", "hawthorn", "holly", "ivy", "juniper",
		"larch", "laurel", "linden", "maple", "myrtle", "oak", "olive", "pine", "poplar", "rowan", "spruce", "sycamore",
		"thorn", "willow", "yew",
	}
	departments = []string{
		"Engineering", "Engineering", "Engineering", "Sales", "Sales", "Support", "Support", "Finance", "Legal", "Marketing",
		"People", "Product", "Security", "IT",
	}
	cities       = []string{"Bergen", "Cork", "Graz", "Leeds", "Porto", "Turku", "remote"}
	titles       = []string{"Analyst", "Director", "Engineer", "Manager", "Senior Engineer", "Specialist"}
	contracts    = []string{"full-time", "full-time", "full-time", "contractor", "intern"}
	roles        = []string{"admin", "collaborator", "member", "member", "member", "viewer"}
	labels       = []string{"audited", "canary", "golden", "internal", "legacy", "pci", "public", "restricted", "shared", "spot"}
	permissions  = []string{"deploy", "manage", "operate", "view"}
	appRegions   = []string{"eu", "eu", "us", "us", "us", "us", "tokyo", "sydney", "dublin", "oregon"}
	hostRegions  = []string{"us-east-1", "us-east-1", "us-east-1", "us-west-2", "us-west-2", "eu-west-1", "eu-central-1", "ap-south-1", "ca-central-1", "sa-east-1"}
	stacks       = []string{"cnb", "container", "heroku-20", "heroku-22", "heroku-22", "heroku-24"}
	buildpacks   = []string{"heroku/go", "heroku/java", "heroku/nodejs", "heroku/python", "heroku/ruby"}
	services     = []string{"bonsai", "cloudamqp", "heroku-kafka", "heroku-postgresql", "heroku-redis", "logdna", "memcachier", "newrelic", "papertrail", "rollbar", "scheduler", "sendgrid"}
	plans        = []string{"basic", "essential-0", "mini", "premium-0", "premium-4", "private-2", "standard-0"}
	platforms    = []string{"darwin", "darwin", "darwin", "linux", "windows", "windows"}
	machineSizes = []string{"c6g.large", "c6g.xlarge", "m6i.large", "m6i.xlarge", "r6i.2xlarge", "t4g.medium", "t4g.micro", "t4g.small"}
	severities   = []string{"low", "low", "low", "medium", "medium", "medium", "medium", "high", "high", "critical"}
	weights      = map[string]int64{"low": 3, "medium": 5, "high": 8, "critical": 10}
	packages     = []string{
		"OpenSSL", "bash", "binutils", "busybox", "curl", "expat", "ffmpeg", "freetype", "glibc", "gnutls", "icu", "kernel",
		"libpng", "libxml2", "nginx", "openldap", "perl", "sqlite", "sudo", "zlib",
	}
	flaws = []string{
		"out-of-bounds write", "use after free", "integer overflow", "path traversal", "missing authorization", "infinite loop",
		"cleartext storage", "double free", "race on a temporary file", "unsafe deserialization",
	}
)
