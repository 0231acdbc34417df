package landfall.dokku;

import java.util.List;

/**
 * What a deploy must know besides its source.
 *
 * @param cutOff an earlier deploy of the app did not come to its end: Dokku may have on record what it never ran, and
 *     would see nothing new in it
 * @param replacesPushed a folder may replace a commit that somebody pushed by hand
 * @param logins commands that let docker pull the images; run only if there is something to deploy
 */
public record DeployCircumstances(boolean cutOff, boolean replacesPushed, List<DokkuCommand> logins) {
    public static final DeployCircumstances PLAIN = new DeployCircumstances(false, false, List.of());

    public DeployCircumstances {
        logins = List.copyOf(logins);
    }
}
