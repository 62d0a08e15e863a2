// One job of sharp: the picture upright, its long edge as wanted, quality 90. Prints what it cost inside the process.
const sharp = require('sharp');

const [source, target, edge, mode] = process.argv.slice(2);
sharp.cache(false);
sharp.concurrency(1);

const job = () =>
  sharp(source)
    .rotate()
    .resize({ width: Number(edge), height: Number(edge), fit: 'inside' })
    .jpeg({ quality: 90 })
    .toFile(target);

(async () => {
  if (mode === 'warm') await job();
  const before = process.cpuUsage();
  await job();
  const used = process.cpuUsage(before);
  console.log(JSON.stringify({ road: (used.user + used.system) / 1e6 }));
})();
