package graph

import "iter"

// Instance is one configured supplier of objects: the scope of identity and of
// deletion. Its name never changes.
type Instance struct {
	Name     string
	Provider string   // `_integrationType`, such as "heroku"; "import" for files
	Class    []string // `_integrationClass`
	Source   string   // `_source`: one of the Source constants
	KeepRaw  bool     // whether raw data is kept
	Mapped   bool     // whether the mapper's rules about people see what it supplies
}

// The values of `_source`, after JupiterOne's own.
const (
	SourceCollector = "integration-managed"
	SourceImport    = "integration-external"
	SourceMapper    = "system-mapper"
)

// Names of the properties that the engine supplies. They are queried like any
// other and are ignored when a supplier brings them.
const (
	PropKey             = "_key"
	PropType            = "_type"
	PropClass           = "_class"
	PropID              = "_id"
	PropVersion         = "_version"
	PropCreatedOn       = "_createdOn"
	PropBeginOn         = "_beginOn"
	PropEndOn           = "_endOn"
	PropDeleted         = "_deleted"
	PropSource          = "_source"
	PropInstanceID      = "_integrationInstanceId"
	PropInstanceName    = "_integrationName"
	PropIntegrationType = "_integrationType"
	PropIntegrationCls  = "_integrationClass"
	PropFromKey         = "_fromEntityKey"
	PropToKey           = "_toEntityKey"
	PropFromID          = "_fromEntityId"
	PropToID            = "_toEntityId"
	PropDisplayName     = "displayName"
)

// Metadata lists the engine's properties of an object of that kind, in the order
// in which results show them.
func Metadata(kind Kind) []string {
	names := []string{
		PropID, PropKey, PropType, PropClass, PropSource, PropInstanceID, PropInstanceName,
		PropIntegrationType, PropIntegrationCls, PropVersion, PropCreatedOn, PropBeginOn, PropEndOn, PropDeleted,
	}
	if kind == RelationshipKind {
		names = append(names, PropFromKey, PropToKey, PropFromID, PropToID)
	}
	return names
}

// Get returns what a query sees under name on im: the engine's property or the
// supplier's. An entity's `_class` is a list, a relationship's a string; `_endOn`
// is undefined while the object lives.
func (im *Image) Get(name string) Value {
	if name == "" || name[0] != '_' {
		return im.Props.Get(name)
	}
	if im.Kind == RelationshipKind {
		if v, ok := im.relationshipMeta(name); ok {
			return v
		}
	}
	switch name {
	case PropKey:
		return StringValue(im.Key)
	case PropType:
		return StringValue(im.Type)
	case PropClass:
		return StringsValue(im.Class)
	case PropID:
		return StringValue(im.Identity().ID().String())
	case PropVersion:
		return IntValue(int64(im.Meta.Version))
	case PropCreatedOn:
		return IntValue(im.Meta.CreatedOn)
	case PropBeginOn:
		return IntValue(im.Meta.BeginOn)
	case PropEndOn:
		if im.Meta.EndOn == 0 {
			return Value{}
		}
		return IntValue(im.Meta.EndOn)
	case PropDeleted:
		return BoolValue(im.Meta.Deleted)
	}
	if v, ok := im.Supplier.get(name); ok {
		return v
	}
	return im.Props.Get(name)
}

func (im *Image) relationshipMeta(name string) (Value, bool) {
	switch name {
	case PropClass:
		if len(im.Class) == 0 {
			return Value{}, true
		}
		return StringValue(im.Class[0]), true
	case PropFromKey:
		return StringValue(im.From.Key), true
	case PropToKey:
		return StringValue(im.To.Key), true
	case PropFromID:
		return StringValue(Identity{EntityKind, im.From.Instance, im.From.Key}.ID().String()), true
	case PropToID:
		return StringValue(Identity{EntityKind, im.To.Instance, im.To.Key}.ID().String()), true
	}
	return Value{}, false
}

// get returns the properties that an instance gives to all of its objects.
func (in *Instance) get(name string) (Value, bool) {
	if in == nil {
		return Value{}, false
	}
	switch name {
	case PropSource:
		return StringValue(in.Source), true
	case PropInstanceID:
		return StringValue(InstanceID(in.Name)), true
	case PropInstanceName:
		return StringValue(in.Name), true
	case PropIntegrationType:
		return StringValue(in.Provider), true
	case PropIntegrationCls:
		return StringsValue(in.Class), true
	}
	return Value{}, false
}

// All yields every property of the supplier, and before them the key, type and
// class: what full text searches.
func (im *Image) All() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		for _, name := range [...]string{PropKey, PropType, PropClass} {
			if !yield(name, im.Get(name)) {
				return
			}
		}
		im.Props.All()(yield)
	}
}
