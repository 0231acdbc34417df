@NullMarked
package landfall.objects.cli;

import org.jspecify.annotations.NullMarked;
