/** From Kubernetes objects to the target; one rule file per kind. */
@NullMarked
package landfall.translate;

import org.jspecify.annotations.NullMarked;
