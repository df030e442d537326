package index

// Ids of the dictionaries that frames of the store name.
const (
	generalDict = 1
	trainedDict = 2
)

// dictionary is the general one; a change of it is a change of SchemaVersion. It is text that every stored document resembles: the skeleton of a record and the stock of
// patches. Frames of a few kilobytes have no room to learn it: it saves a tenth of the store. What is
// most common stands last, where it is cheapest to refer to.
const dictionary = `MODULE_LICENSE("GPL"); #include <linux/module.h> #include <linux/kernel.h> #include <linux/slab.h>
// SPDX-License-Identifier: GPL-2.0-only
struct static int const char *name, unsigned long return -EINVAL; return -ENOMEM; return ret; return 0;
	if (ret) goto err; if (!ptr) return NULL; else for (i = 0; i < n; i++) { } void *data u32 u64 size_t bool
EXPORT_SYMBOL_GPL( dev_err(dev, " pr_err(" kfree( mutex_lock(& mutex_unlock(& spin_lock_irqsave(
use kernel::{prelude::*, error::Result, types::ARef}; pub fn impl unsafe { // SAFETY: pub struct pub(crate) let mut self
depends on select default y config bool tristate help endif obj-$(CONFIG_ += .o ifdef Makefile Kconfig
 1 file changed, 1 insertion(+), 1 deletion(-)  files changed,  insertions(+),  deletions(-) create mode 100644
Fixes: Link: https://lore.kernel.org/r/ Closes: Suggested-by: Reported-by: Tested-by: Acked-by: Reviewed-by: Signed-off-by: Cc: stable@vger.kernel.org
Thanks, Best regards, Kind regards, I think that we should do not I don't think this is the patch the same in the kernel
new file mode 100644
index 000000000000..
--- /dev/null
diff --git a/drivers/ b/drivers/
--- a/include/linux/
+++ b/include/linux/
@@ -0,0 +1,
On Mon, Tue, Wed, Thu, Fri, Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec 2024 2025 at  wrote:
> > > > > >
@vger.kernel.org @kernel.org @gmail.com @google.com @linux.dev @intel.com @redhat.com @suse.de
{"id":"","thread":"","parent":"","depth":1,"date":"2024-01-01T00:00:00Z","received":"2025-01-01T00:00:00Z","subject":"Re: [PATCH v2 0/1] ","from":{"name":"","addr":""},` +
	`"person":"","role":"developer","role_claim":{"subsystem":"","source":"MAINTAINERS: "},"kind":"patch","kind":"cover","kind":"bot","kind":"mail","kind":"reply","to":[{"name":"","addr":""},{"name":"","addr":""}],"cc":[{"name":"","addr":""},{"name":"","addr":""},{"name":"Linux Kernel Mailing List","addr":"linux-kernel@vger.kernel.org"}],` +
	`"lists":["rust-for-linux.vger.kernel.org"],"sources":[{"path":"","offset":1,"commit":"","list":""}],"references":["",""],"in_reply_to":[""],` +
	`"series":{"prefix":"","version":1,"part":1,"total":1,"flags":["RFC"],"inferred":false},"trailers":[{"token":"Signed-off-by","value":"","given":true},{"token":"Reviewed-by","value":"","given":false}],"files":["drivers/","include/linux/","rust/kernel/"],"words":1,"rust":false,"rust":true,` +
	`"topics":[{"id":"","score":0.5,"evidence":[{"text":"","start":0,"end":0,"rule":"","weight":0.5}]}],"entities":[],"sentiment":{"label":"negative","score":0.5,"evidence":[{"text":"","start":0,"end":0,"rule":"tone-head","weight":0.5}]},"sentiment":{"label":"neutral","score":0.9},"incivility":{"label":"true","score":0.5},"incivility":{"label":"false","score":0.9},` +
	`"stance":{"label":"oppose","score":0.5,"evidence":[{"text":""}]},"stance":{"label":"support","score":0.5},"stance":{"label":"conditional","score":0.5},"stance":{"label":"none","score":0},"signal":"review","signal":"ack","signal":"none","signal_evidence":[{"text":"","start":0,"end":0,"rule":"","weight":1}],"defects":[],"hash":""}` +
	`"topics":[],"entities":[],"sentiment":{"label":"neutral","score":1},"incivility":{"label":"false","score":1},"stance":{"label":"none","score":1},"signal":"none","defects":[],"hash":"`
