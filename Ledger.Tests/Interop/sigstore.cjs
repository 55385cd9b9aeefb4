// Opens a checkpoint and checks an inclusion proof with npm's @sigstore/verify; the argument is a file of JSON.
const crypto = require('crypto'), fs = require('fs');
const { verifyTLogInclusion } = require('@sigstore/verify/dist/tlog/index.js');
const { verifyCheckpoint } = require('@sigstore/verify/dist/tlog/checkpoint.js');

const given = JSON.parse(fs.readFileSync(process.argv[2]));
const publicKey = crypto.createPublicKey(given.ecdsaPem);
const logID = crypto.createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' })).digest();
const logs = [{ logID, publicKey, baseURL: 'https://' + given.origin, validFor: { start: new Date(0), end: new Date(8e15) } }];
const entry = {
  logIndex: String(given.index), logId: { keyId: logID }, integratedTime: '0', canonicalizedBody: Buffer.from(given.leaf, 'base64'),
  inclusionProof: {
    logIndex: String(given.index), treeSize: String(given.size), rootHash: Buffer.from(given.root, 'base64'),
    hashes: given.inclusion.map(h => Buffer.from(h, 'base64')), checkpoint: { envelope: given.checkpoint },
  },
};
try {
  verifyTLogInclusion(entry, logs);
  const checkpoint = verifyCheckpoint(entry, logs); // The library itself does not compare these.
  const same = checkpoint.origin === given.origin && checkpoint.logSize === BigInt(given.size) && checkpoint.logHash.equals(Buffer.from(given.root, 'base64'));
  console.log(same ? 'agrees' : 'another checkpoint');
} catch (e) {
  console.log('refused: ' + e.message);
}
