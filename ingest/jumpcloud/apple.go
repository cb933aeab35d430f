package jumpcloud

import (
	"context"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/store/graph"
)

// mdmEntity converts an Apple MDM configuration, which often has no name.
func mdmEntity(s ingest.Source) ingest.EntityInput {
	name := s.Str("name")
	return entity(mdmType, s, ingest.Props{
		"name":                  name,
		"displayName":           name,
		"depServerTokenState":   s.Text("depServerTokenState"),
		"apnsCertExpiry":        s.Text("apnsCertExpiry"),
		"appleCertSerialNumber": s.Text("appleCertSerialNumber"),
	})
}

// appleDeviceEntity converts a device that an Apple MDM manages. The API does not
// tell when it was seen: JupiterOne requires the property, and null says so.
// Whether the disk is encrypted and the firewall on goes beyond its integration.
func appleDeviceEntity(s ingest.Source) ingest.EntityInput {
	info, safe := s.Object("deviceInformation"), s.Object("securityInfo")
	name := firstOf(info.Text("deviceName"), s.Text("serialNumber"), text(idOf(s)))
	model := orNull(info.Text("modelName"))
	created := s.Time("createdAt")
	return entity(appleDeviceType, s, ingest.Props{
		"name":                         name,
		"displayName":                  name,
		"serial":                       orNull(s.Text("serialNumber")),
		"deviceId":                     orNull(s.Text("udid")),
		"category":                     model,
		"make":                         "Apple",
		"model":                        model,
		"lastSeenOn":                   nil,
		"createdAt":                    created,
		"createdOn":                    created,
		"depRegistered":                given(s.Get("depRegistered")),
		"enrolled":                     given(s.Get("enrolled")),
		"hasActivationLockBypassCodes": given(s.Get("hasActivationLockBypassCodes")),
		"isSupervised":                 given(info.Get("isSupervised")),
		"deviceCapacity":               given(info.Get("deviceCapacity")),
		"macAddress":                   info.Text("wifiMac"),
		"encrypted":                    given(safe.Get("fdeEnabled")),
		"firewallEnabled":              given(safe.Get("firewallEnabled")),
	})
}

// firstOf returns the first value that is there.
func firstOf(values ...graph.Value) graph.Value {
	for _, v := range values {
		if !v.Missing() {
			return v
		}
	}
	return graph.Value{}
}

// mdms lists the Apple MDM configurations of an organization.
func (c *collector) mdms(ctx context.Context, org string) pages {
	return c.api.list2(ctx, org, "applemdms")
}

// fetchMDMs reads the MDM configurations of every organization. One that names an
// organization which was not collected hangs off none.
func (c *collector) fetchMDMs(ctx context.Context, job *ingest.Job) error {
	return c.eachInOrganizations(ctx, job, c.mdms, func(ctx context.Context, job *ingest.Job, row ingest.Source, org string) error {
		in := mdmEntity(row)
		if own := row.Str("organization"); own != "" && own != org {
			_, err := job.Entity(ctx, in)
			return err
		}
		return supply(ctx, job, in, accountHasMDM, org)
	})
}

// fetchAppleDevices reads the devices of every MDM. The relationship leads from the
// device to the MDM, as in JupiterOne's integration.
func (c *collector) fetchAppleDevices(ctx context.Context, job *ingest.Job) error {
	list := ingest.List{Gone: func(ctx context.Context, mdm ingest.Known) (bool, error) {
		return lacks(c.mdms(ctx, mdm.Parent), mdm.Key)
	}}
	return job.Each(ctx, mdmType.Type, list, func(ctx context.Context, job *ingest.Job, mdm ingest.Known) error {
		devices := c.api.list2(ctx, mdm.Parent, "applemdms", mdm.Key, "devices")
		for row, err := range job.Rows(ctx, devices, appleDeviceType.Type, appleDeviceHasMDM.Type) {
			if err != nil {
				return err
			}
			in := appleDeviceEntity(row)
			ok, err := job.Entity(ctx, in)
			if err != nil {
				return err
			}
			if !ok {
				continue
			}
			if err := relate(ctx, job, appleDeviceHasMDM, in.Key, mdm.Key, nil); err != nil {
				return err
			}
		}
		return nil
	})
}
