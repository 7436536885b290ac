/* modprove: modules=gost28147_generic,kuznyechik_generic,magma_generic,streebog_generic,algif_hash,algif_skcipher */
/* The algorithms give what their standards print, asked for by AF_ALG. */
#include <linux/if_alg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef SOL_ALG
#define SOL_ALG 279
#endif

static int count;

static int opened(const char *type, const char *name, const unsigned char *key, int key_length)
{
	struct sockaddr_alg address = { .salg_family = AF_ALG };
	int listening = socket(AF_ALG, SOCK_SEQPACKET, 0), fd = -1;

	strcpy((char *)address.salg_type, type);
	strcpy((char *)address.salg_name, name);
	if (bind(listening, (struct sockaddr *)&address, sizeof(address)) != 0)
		perror(name);
	else if (key && setsockopt(listening, SOL_ALG, ALG_SET_KEY, key, key_length) != 0)
		perror("ALG_SET_KEY");
	else
		fd = accept(listening, NULL, 0);
	close(listening);
	return fd;
}

/* Hexadecimal digits as bytes. */
static int bytes(const char *hex, unsigned char *into)
{
	int length = strlen(hex) / 2;

	for (int i = 0; i < length; i++)
		sscanf(hex + 2 * i, "%2hhx", into + i);
	return length;
}

static void result(const char *got, const char *expected, const char *what)
{
	int ok = strcmp(got, expected) == 0;

	if (!ok)
		printf("# got      %s\n# expected %s\n", got, expected);
	printf("%sok %d - %s\n", ok ? "" : "not ", ++count, what);
}

static void answer(int fd, int length, const char *expected, const char *what)
{
	unsigned char out[64] = { 0 };
	char hex[129] = "";

	if (read(fd, out, length) != length)
		perror("read");
	for (int i = 0; i < length; i++)
		sprintf(hex + 2 * i, "%02x", out[i]);
	close(fd);
	result(hex, expected, what);
}

static void hash(const char *name, const char *text, const char *expected, const char *what)
{
	int fd = opened("hash", name, NULL, 0);

	if (write(fd, text, strlen(text)) < 0)
		perror("write");
	answer(fd, strlen(expected) / 2, expected, what);
}

static void cipher(const char *name, int operation, const char *key, const char *in,
		   const char *expected, const char *what)
{
	unsigned char raw_key[32], text[16];
	char control[CMSG_SPACE(sizeof(int))] = { 0 };
	int fd = opened("skcipher", name, raw_key, bytes(key, raw_key));
	struct iovec part = { text, bytes(in, text) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control,
				  .msg_controllen = sizeof(control) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_ALG;
	header->cmsg_type = ALG_SET_OP;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	*(int *)CMSG_DATA(header) = operation;
	if (sendmsg(fd, &message, 0) < 0)
		perror("sendmsg");
	answer(fd, part.iov_len, expected, what);
}

int main(void)
{
	const char *text = "012345678901234567890123456789012345678901234567890123456789012";
	const char *kuznyechik = "8899aabbccddeeff0011223344556677fedcba98765432100123456789abcdef";
	const char *magma = "ffeeddccbbaa99887766554433221100f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff";

	setbuf(stdout, NULL);
	dup2(STDOUT_FILENO, STDERR_FILENO);
	puts("1..6");
	hash("streebog512", text,
	     "1b54d01a4af5b9d5cc3d86d68d285462b19abc2475222f35c085122be4ba1ffa"
	     "00ad30f8767b3a82384c6574f024c311e2a481332b08ef7f41797891c1646f48",
	     "streebog512: RFC 6986, 10.1.1");
	hash("streebog256", text, "9d151eefd8590b89daa6ba6cb74af9275dd051026bb149a452fd84e5e57b5500",
	     "streebog256: RFC 6986, 10.1.2");
	cipher("ecb(kuznyechik)", ALG_OP_ENCRYPT, kuznyechik, "1122334455667700ffeeddccbbaa9988",
	       "7f679d90bebc24305a468d42b9d4edcd", "kuznyechik encrypts: RFC 7801, 5.5");
	cipher("ecb(kuznyechik)", ALG_OP_DECRYPT, kuznyechik, "7f679d90bebc24305a468d42b9d4edcd",
	       "1122334455667700ffeeddccbbaa9988", "kuznyechik decrypts: RFC 7801, 5.6");
	cipher("ecb(magma)", ALG_OP_ENCRYPT, magma, "fedcba9876543210", "4ee901e5c2d8ca3d",
	       "magma encrypts: RFC 8891, A.3");
	cipher("ecb(magma)", ALG_OP_DECRYPT, magma, "4ee901e5c2d8ca3d", "fedcba9876543210",
	       "magma decrypts: RFC 8891, A.4");
	return 0;
}
