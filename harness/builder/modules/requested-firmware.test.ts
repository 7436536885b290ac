import t from 'tap'
import { requestedFirmware } from './requested-firmware.js'

t.test('names of firmware are read from the calls that request it', t => {
  const code = `
#define RING_NVM "acme/ring.nvm"
	err = request_firmware(&fw, "acme/ring.bin", &ring->dev);
	if (firmware_request_nowarn(&fw, RING_NVM, dev))
		return request_firmware_nowait(THIS_MODULE, true, "late.bin",
					       dev, GFP_KERNEL, ring, ring_ready);
	snprintf(name, sizeof(name), "acme/%d.bin", ring->number);
	err = request_firmware_direct(&fw, name, dev);
	dev_err(dev, "no firmware");
`
  t.strictSame(requestedFirmware(code), ['acme/ring.bin', 'acme/ring.nvm', 'late.bin'])
  t.end()
})
