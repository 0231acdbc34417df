@NullMarked
package landfall.objects.s3;

import org.jspecify.annotations.NullMarked;
