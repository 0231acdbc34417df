"""What boto3 does with the server by its default settings; run by BotoClientTest, which prints what is said here.

usage: client.py LARGE_FILE; the endpoint and the keys come by AWS_... from the environment.
"""
import sys
import urllib.error
import urllib.request

import boto3
import botocore
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

BUCKET = "boto-bucket"
ODD = "odd ü+%25 & 'key'//a b/../c\\d?e#f.txt"
large = sys.argv[1]
once = {"retries": {"total_max_attempts": 1}}
s3 = boto3.client("s3", config=Config(**once))


def check(got, wanted, what):
    if got != wanted:
        sys.exit(f"{what}: wanted {wanted!r}, got {got!r}")


def refused(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as told:
        check(told.response["Error"]["Code"], code, f"{call.__name__} {arguments}")
        return
    sys.exit(f"{call.__name__} {arguments} was not refused")


def whole(key, **more):
    return s3.get_object(Bucket=BUCKET, Key=key, **more)["Body"].read()


def small():
    s3.put_object(Bucket=BUCKET, Key=ODD, Body=b"a note", ContentType="text/css", CacheControl="max-age=5",
                  Metadata={"colour": "green"}, Tagging="a=1&b=2")
    head = s3.head_object(Bucket=BUCKET, Key=ODD, ChecksumMode="ENABLED")
    check(head["ContentType"], "text/css", "type")
    check(head["CacheControl"], "max-age=5", "cache-control")
    check(head["Metadata"], {"colour": "green"}, "metadata")
    check([name for name in head if name.startswith("ChecksumCRC")], ["ChecksumCRC32"], "the default checksum")
    check(len(s3.get_object_tagging(Bucket=BUCKET, Key=ODD)["TagSet"]), 2, "tags")
    check(whole(ODD), b"a note", "small")
    check(whole(ODD, Range="bytes=-4"), b"note", "range")
    check([each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET)["Contents"]], [ODD], "list")
    s3.copy_object(Bucket=BUCKET, Key="copy ü", CopySource={"Bucket": BUCKET, "Key": ODD})
    check(whole("copy ü"), b"a note", "copy")
    check(s3.head_object(Bucket=BUCKET, Key="copy ü")["Metadata"], {"colour": "green"}, "metadata of a copy")
    refused("PreconditionFailed", s3.put_object, Bucket=BUCKET, Key=ODD, Body=b"", IfNoneMatch="*")
    refused("NoSuchKey", s3.get_object, Bucket=BUCKET, Key="none")
    refused("404", s3.head_object, Bucket=BUCKET, Key="none")


def checksums():
    algorithms = ["CRC32", "SHA1", "SHA256"]
    try:
        import awscrt  # noqa: F401, boto3 takes these two from there

        algorithms += ["CRC32C", "CRC64NVME"]
    except ImportError:
        print("CRC32C and CRC64NVME: not tried, awscrt is not installed")
    for algorithm in algorithms:
        put = s3.put_object(Bucket=BUCKET, Key=algorithm, Body=b"sum", ChecksumAlgorithm=algorithm)
        got = s3.get_object(Bucket=BUCKET, Key=algorithm, ChecksumMode="ENABLED")
        check(got["Body"].read(), b"sum", algorithm)
        check(got["Checksum" + algorithm], put["Checksum" + algorithm], algorithm)
    refused("BadDigest", s3.put_object, Bucket=BUCKET, Key="bad", Body=b"sum", ChecksumCRC32="AAAAAA==")
    sent = []
    s3.meta.events.register("before-send.s3", lambda request, **_: sent.append(request.headers["x-amz-content-sha256"]))
    s3.upload_file(large, BUCKET, "trailer", Config=TransferConfig(multipart_threshold=1 << 40))
    if s3.meta.endpoint_url.startswith("https"):
        check(sent[0], b"STREAMING-UNSIGNED-PAYLOAD-TRAILER", "how a file is sent over TLS")
    same("trailer")


def same(key):
    with open(large, "rb") as file:
        check(whole(key) == file.read(), True, key + " is equal")


def parts():
    s3.upload_file(large, BUCKET, "parts", ExtraArgs={"ContentType": "video/mp4"})
    head = s3.head_object(Bucket=BUCKET, Key="parts", ChecksumMode="ENABLED")
    check(head["ContentType"], "video/mp4", "type of parts")
    check("-" in head["ETag"], True, "sent in parts")
    same("parts")
    s3.copy({"Bucket": BUCKET, "Key": "parts"}, BUCKET, "copied in parts ü")
    same("copied in parts ü")
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key="left over")["UploadId"]
    s3.upload_part(Bucket=BUCKET, Key="left over", UploadId=upload, PartNumber=1, Body=b"x")
    check(len(s3.list_multipart_uploads(Bucket=BUCKET)["Uploads"]), 1, "uploads")
    s3.abort_multipart_upload(Bucket=BUCKET, Key="left over", UploadId=upload)


def presigned():
    for version in ("s3v4", "s3"):
        signer = boto3.client("s3", config=Config(signature_version=version, **once))
        put = signer.generate_presigned_url("put_object", Params={"Bucket": BUCKET, "Key": ODD + version})
        urllib.request.urlopen(urllib.request.Request(put, data=b"put by url", method="PUT", headers={
            "Content-Type": ""})).read()
        get = signer.generate_presigned_url("get_object", Params={
            "Bucket": BUCKET, "Key": ODD + version, "ResponseContentDisposition": "attachment; filename=\"a b\""})
        answer = urllib.request.urlopen(get)
        check(answer.read(), b"put by url", "presigned " + version)
        check(answer.headers["Content-Disposition"], "attachment; filename=\"a b\"", "overridden header")
        try:
            urllib.request.urlopen(get.replace("filename", "filenames"))
            sys.exit("a changed URL was not refused")
        except urllib.error.HTTPError as told:
            check(told.code, 403, "changed URL")
    post = s3.generate_presigned_post(BUCKET, "posted/${filename}", Conditions=[["content-length-range", 1, 100]])
    lines = []
    for name, value in post["fields"].items():
        lines.append(f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n')
    lines.append('--b\r\nContent-Disposition: form-data; name="file"; filename="by post.txt"\r\n\r\nposted\r\n--b--\r\n')
    answer = urllib.request.urlopen(urllib.request.Request(post["url"], data="".join(lines).encode(), headers={
        "Content-Type": "multipart/form-data; boundary=b"}))
    check(answer.status, 204, "post")
    check(whole("posted/by post.txt"), b"posted", "post")


def buckets():
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    first = s3.put_object(Bucket=BUCKET, Key="v", Body=b"first")["VersionId"]
    s3.put_object(Bucket=BUCKET, Key="v", Body=b"second")
    s3.delete_object(Bucket=BUCKET, Key="v")
    check(whole("v", VersionId=first), b"first", "version")
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=BUCKET, PaginationConfig={"PageSize": 3})
    every = [{"Key": each["Key"], "VersionId": each["VersionId"]}
             for page in pages for each in page.get("Versions", []) + page.get("DeleteMarkers", [])]
    gone = s3.delete_objects(Bucket=BUCKET, Delete={"Objects": every})
    check(len(gone["Deleted"]), len(every), "deleted")
    check(gone.get("Errors", []), [], "errors")
    s3.delete_bucket(Bucket=BUCKET)
    check(BUCKET in [each["Name"] for each in s3.list_buckets()["Buckets"]], False, "bucket is gone")


print(f"boto3 {boto3.__version__}, botocore {botocore.__version__}, Python {sys.version.split()[0]}")
s3.create_bucket(Bucket=BUCKET)
for each in (small, checksums, parts, presigned, buckets):
    each()
    print(each.__name__ + ": ok")
