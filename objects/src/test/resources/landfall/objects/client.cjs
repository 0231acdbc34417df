"use strict";
// What Amazon's JavaScript client does with the server by its default settings; run by NodeClientTest.
// usage: node client.cjs LARGE_FILE; the endpoint and the keys come by AWS_... from the environment.
const assert = require("node:assert/strict");
const fs = require("node:fs");
const { Readable } = require("node:stream");
const s3lib = require("@aws-sdk/client-s3");
const { Upload } = require("@aws-sdk/lib-storage");
const { getSignedUrl } = require("@aws-sdk/s3-request-presigner");
const { createPresignedPost } = require("@aws-sdk/s3-presigned-post");

const Bucket = "node-bucket";
const odd = "odd ü+%25 & 'key'//a b/../c\\d?e#f.txt";
const large = process.argv[2];
const bodies = [];
const s3 = new s3lib.S3Client({ forcePathStyle: true, maxAttempts: 1 });
s3.middlewareStack.add((next) => (call) => {
  if (call.request.method === "PUT") {
    bodies.push(call.request.headers["x-amz-content-sha256"]);
  }
  return next(call);
}, { step: "finalizeRequest", priority: "low" });

const send = (name, more) => s3.send(new s3lib[name + "Command"]({ Bucket, ...more }));
const whole = async (Key, more) => Buffer.from(await (await send("GetObject", { Key, ...more })).Body.transformToByteArray());
const same = async (Key) => assert.ok((await whole(Key)).equals(fs.readFileSync(large)), Key + " is equal");

async function small() {
  await send("PutObject", { Key: odd, Body: "a note", ContentType: "text/css", Metadata: { colour: "green" }, Tagging: "a=1" });
  const head = await send("HeadObject", { Key: odd, ChecksumMode: "ENABLED" });
  assert.equal(head.ContentType, "text/css");
  assert.deepEqual(head.Metadata, { colour: "green" });
  assert.ok(head.ChecksumCRC32, "the default checksum");
  assert.equal(String(await whole(odd, { Range: "bytes=-4" })), "note");
  assert.deepEqual((await send("ListObjectsV2", {})).Contents.map((each) => each.Key), [odd]);
  await send("CopyObject", { Key: "copy ü", CopySource: encodeURIComponent(Bucket + "/" + odd) });
  assert.equal(String(await whole("copy ü")), "a note");
  await assert.rejects(send("PutObject", { Key: odd, Body: "", IfNoneMatch: "*" }), { name: "PreconditionFailed" });
  await assert.rejects(send("GetObject", { Key: "none" }), { name: "NoSuchKey" });
}

async function streams() {
  bodies.length = 0;
  await send("PutObject", { Key: "streamed", Body: fs.createReadStream(large), ContentLength: fs.statSync(large).size });
  console.log("a stream is sent as " + bodies[0]);
  await same("streamed");
  // of unknown length: in parts
  await new Upload({ client: s3, params: { Bucket, Key: "parts ü", Body: Readable.from(fs.createReadStream(large)) } }).done();
  assert.match((await send("HeadObject", { Key: "parts ü" })).ETag, /-\d+"$/);
  await same("parts ü");
}

async function checksums() {
  for (const ChecksumAlgorithm of ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"]) {
    const put = await send("PutObject", { Key: ChecksumAlgorithm, Body: "sum", ChecksumAlgorithm });
    const got = await send("GetObject", { Key: ChecksumAlgorithm, ChecksumMode: "ENABLED" });
    assert.equal(await got.Body.transformToString(), "sum");
    assert.equal(got["Checksum" + ChecksumAlgorithm], put["Checksum" + ChecksumAlgorithm]);
  }
}

async function presigned() {
  const Key = odd.replace("/../", "/"); // fetch() resolves dots in addresses, and so asks of another key
  const put = await getSignedUrl(s3, new s3lib.PutObjectCommand({ Bucket, Key }), { expiresIn: 60 });
  assert.equal((await fetch(put, { method: "PUT", body: "put by url" })).status, 200);
  const get = await getSignedUrl(s3, new s3lib.GetObjectCommand({ Bucket, Key }), { expiresIn: 60 });
  assert.equal(await (await fetch(get)).text(), "put by url");
  const post = await createPresignedPost(s3, {
    Bucket, Key: "posted/${filename}", Conditions: [["content-length-range", 1, 100]], Fields: { "Content-Type": "text/plain" },
  });
  const form = new FormData();
  Object.entries(post.fields).forEach(([name, value]) => form.append(name, value));
  form.append("file", new Blob(["posted"]), "by post ü.txt");
  assert.equal((await fetch(post.url, { method: "POST", body: form })).status, 204);
  assert.equal(String(await whole("posted/by post ü.txt")), "posted");
}

async function buckets() {
  const Objects = (await send("ListObjectsV2", {})).Contents.map(({ Key }) => ({ Key }));
  const gone = await send("DeleteObjects", { Delete: { Objects } });
  assert.equal(gone.Deleted.length, Objects.length);
  await send("DeleteBucket", {});
  assert.ok(!(await s3.send(new s3lib.ListBucketsCommand({}))).Buckets?.some((each) => each.Name === Bucket));
}

(async () => {
  console.log("@aws-sdk/client-s3 " + require("@aws-sdk/client-s3/package.json").version + ", Node " + process.version);
  await send("CreateBucket", {});
  for (const each of [small, streams, checksums, presigned, buckets]) {
    await each();
    console.log(each.name + ": ok");
  }
})().catch((thrown) => {
  console.error(thrown);
  process.exit(1);
});
