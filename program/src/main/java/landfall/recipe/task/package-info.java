/** One file per recipe task: fields, check, probe, change. */
@NullMarked
package landfall.recipe.task;

import org.jspecify.annotations.NullMarked;
