package landfall.objects.s3;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** What Jetty itself refuses (headers too large, a broken request line) is said in S3's XML too. */
final class ErrorAnswers extends ErrorHandler {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int status = response.getStatus();
        S3Error error = switch (status) {
            case 431 -> S3Error.RequestHeaderSectionTooLarge;
            case 414 -> S3Error.InvalidURI;
            case 503 -> S3Error.ServiceUnavailable;
            default -> status >= 500 ? S3Error.InternalError : S3Error.InvalidRequest;
        };
        byte[] bytes = Xml.plain("Error")
                .add("Code", error.name())
                .add("Message", error.message())
                .bytes();
        response.setStatus(status == 431 ? 400 : status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/xml");
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes.length);
        response.write(true, ByteBuffer.wrap(bytes), callback);
        return true;
    }
}
