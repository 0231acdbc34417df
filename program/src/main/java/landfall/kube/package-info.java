/** Reading manifests and clusters: raw objects with the file and line of every leaf. */
@NullMarked
package landfall.kube;

import org.jspecify.annotations.NullMarked;
