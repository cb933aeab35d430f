// Package jupiterone sends a graph to JupiterOne through its synchronization API:
// what the account does not have yet, shown before it is sent, and nothing twice.
//
// A [Client] speaks the API: jobs, uploads in batches, finalising, polling. An
// [Exporter] decides what to send: [Exporter.Plan] only reads and says, and
// [Exporter.Export] does it. It sees the graph through [Graph] and keeps its
// memory in [Cursors] and a [Journal]; what those are is its caller's business.
//
// # Lanes
//
// Every instance has a scope of its own at JupiterOne. Its entities, and the
// relationships among them, are its main lane: jobs of the mode DIFF or PATCH.
// Its relationships to other instances are its cross lane: jobs of the mode
// CROSS_SCOPE, in a scope of their own, after all main lanes. Relationships that
// end at an instance that is not exported stay home. Each lane has a cursor.
//
// # What a cursor says
//
// A cursor holds the version that the account confirmed, and a state in JSON:
// the last job, the types ever sent, a digest of the content, and whatever of the
// way there is unfinished. It moves like this:
//
//	            start            all uploaded           FINISHED
//	(at rest) --------> uploading ----------> finalising --------> (at rest)
//	                        |                     |
//	    killed or failed:   |                     |  failed or unknown to the server:
//	    disturbed by that <-+                     +-> dirty: the next job is a full DIFF
//	    version
//
// Each arrow is one write, made before what follows it is sent. So after a kill:
//
//   - Uploading: the job is aborted. Whether the server had begun to apply what
//     came is unknown, so the version of that job is noted as a disturbance: the
//     next job also restores what differs between the confirmed version and that
//     one and does not differ any more, and lists nothing else twice.
//   - Finalising: the job is asked for. If it is still awaiting uploads it had
//     everything, and is finalised; if it is under way it is waited for; if it has
//     FINISHED the cursor moves without anything being sent.
//   - Anything else that a job can end in makes the lane dirty: nothing is assumed
//     of what the account holds, and the next job is a full DIFF.
//
// The journal remembers outside of the database which job was uploaded to last. A
// database that was restored from a backup remembers an older one, and its next
// job is a full DIFF as well.
//
// # Deletions
//
// Only a finalised DIFF or CROSS_SCOPE job deletes: what it did not bring, of the
// types that were not declared partial. Types that the last collection did not
// read whole are always declared partial; deletions in them are owed until they
// have been read whole.
package jupiterone
