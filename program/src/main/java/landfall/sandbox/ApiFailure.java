package landfall.sandbox;

import tools.jackson.databind.node.ObjectNode;

/** An error answer of the API: becomes a {@code Status} object. */
final class ApiFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final int code;
    private final String reason;

    ApiFailure(int code, String reason, String message) {
        super(message);
        this.code = code;
        this.reason = reason;
    }

    static ApiFailure notFound(ApiResource resource, String name) {
        return new ApiFailure(404, "NotFound", resource.qualified() + " \"" + name + "\" not found");
    }

    static ApiFailure badRequest(String message) {
        return new ApiFailure(400, "BadRequest", message);
    }

    static ApiFailure invalid(String kind, String name, String message) {
        return new ApiFailure(422, "Invalid", kind + " \"" + name + "\" is invalid: " + message);
    }

    int code() {
        return code;
    }

    ObjectNode status() {
        ObjectNode status = ApiJson.object();
        status.put("kind", "Status").put("apiVersion", "v1").putObject("metadata");
        status.put("status", "Failure")
                .put("message", getMessage())
                .put("reason", reason)
                .put("code", code);
        return status;
    }
}
