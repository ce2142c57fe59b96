// js-libp2p 3 is written for Node 22. What it uses of it that Node 20 lacks is defined here; this module has to be
// imported before any other.
if (typeof Promise.withResolvers !== 'function') {
  Promise.withResolvers = function () {
    let resolve
    let reject
    const promise = new this((yes, no) => {
      resolve = yes
      reject = no
    })
    return { promise, resolve, reject }
  }
}
