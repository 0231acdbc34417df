/** What the Dokku side is to hold: pure records, no Kubernetes and no Dokku command in them. */
@NullMarked
package landfall.target;

import org.jspecify.annotations.NullMarked;
