package landfall.target;

import landfall.base.Secret;

/** A certificate with its key, both handed over as inputs of the recipe. */
public record Certificate(String certificateInput, Secret certificate, String keyInput, Secret key) {}
