@NullMarked
package landfall.objects.plugin;

import org.jspecify.annotations.NullMarked;
