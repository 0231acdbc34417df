@NullMarked
package landfall.objects;

import org.jspecify.annotations.NullMarked;
