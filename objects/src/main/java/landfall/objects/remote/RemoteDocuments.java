package landfall.objects.remote;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** The XML that a client of S3 sends. */
final class RemoteDocuments {
    private static final String NAMESPACE = " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"";

    private RemoteDocuments() {}

    static byte[] complete(List<RemoteUploads.RemotePart> parts) {
        StringBuilder xml = new StringBuilder("<CompleteMultipartUpload" + NAMESPACE + ">");
        for (RemoteUploads.RemotePart part : parts) {
            xml.append("<Part><PartNumber>").append(part.part().number());
            xml.append("</PartNumber><ETag>").append(escaped(part.remoteEtag())).append("</ETag></Part>");
        }
        return xml.append("</CompleteMultipartUpload>").toString().getBytes(StandardCharsets.UTF_8);
    }

    static byte[] tagging(Map<String, String> tags) {
        StringBuilder xml = new StringBuilder("<Tagging" + NAMESPACE + "><TagSet>");
        tags.forEach((name, value) -> xml.append("<Tag><Key>")
                .append(escaped(name))
                .append("</Key><Value>")
                .append(escaped(value))
                .append("</Value></Tag>"));
        return xml.append("</TagSet></Tagging>").toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("\r", "&#13;");
    }
}
