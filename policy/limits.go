package policy

// What a policy may be at most. The limits stand far above any policy that
// people can review; they bound the time and memory that a policy from somebody
// else can take.
const (
	maxDocument     = 1 << 20 // bytes of text, of all files together
	maxFiles        = 1_000
	maxDepth        = 32 // levels of nesting in YAML
	maxRules        = 10_000
	maxDenies       = 1_000 // and as many separations of duties
	maxSides        = 20    // of one separation
	maxRoles        = 5_000
	maxEntitlements = 10_000 // that are governed
	maxSystems      = 500
	maxAttributes   = 500
	maxList         = 2_000 // entries of one list
	maxInherits     = 16    // levels of roles above each other
	maxExpanded     = 500_000
	maxSince        = 64         // instants since jobs ended abruptly, about which it is decided again
	maxInstances    = 20_000     // roles that one relationship leads to, counting parameters
	maxGiven        = 200_000    // ways to entitlements that there are for one relationship
	maxTaken        = 1_000_000  // times that denies take back one of them, or are lifted, for one person
	maxLooked       = 20_000_000 // comparisons of them with what denies and separations name, for one person
	maxParameters   = 10         // of one role
	maxNameLength   = 200

	maxExpression  = 8 << 10 // bytes; the parser recurses without a limit of its own
	maxNodes       = 200     // nodes of its syntax tree
	maxPattern     = 256     // bytes of a regular expression
	maxPatternSize = 1_000   // instructions that it compiles to
	maxPatterns    = 20_000  // instructions of all patterns: each may be done for each byte of a value
	maxCalls       = 20_000  // of functions in all conditions: each may copy a value
	maxMemory      = 100_000 // elements that one evaluation may allocate

	maxDays   = 366   // of aheadDays, bridgeDays and overlapDays
	maxOffset = 3_660 // days between a date and the bound of a window

	maxTemplate = 1_024 // bytes
	maxFilters  = 10    // of one placeholder

	maxRead   = 16 << 20 // bytes that the templates of one decision read, each filter counting anew
	maxMade   = 8 << 20  // bytes of names and attributes of all accounts in one decision
	askedEach = 64 << 10 // bytes, or comparisons, after which it is asked whether anybody waits for the decision

	maxValue  = 4 << 10 // bytes of one attribute value that a policy reads
	maxValues = 1_000   // values of one attribute that a policy reads

	maxWays     = 500       // to one side of a separation, in the search for a witness
	maxSteps    = 200_000   // of the search
	maxSearched = 2_000_000 // steps for all separations of a policy
	confirmCost = 100       // steps that a decision counts as
	lookedAt    = 20        // entitlements that are held against a side in one step

	maxProblems = 100 // reported by one load
)
