// The stack of ../key-and-registry as a program in TypeScript: the same project, so the same URNs. In this folder:
//   pulumi install          makes the SDK of the components in sdks/, and lets npm install it and @pulumi/pulumi
//   pulumi stack init dev
//   pulumi up
import * as roadstead from "@pulumi/roadstead";

const account = "111122223333";
const region = "eu-west-1";
const pusher = `arn:aws:iam::${account}:role/payments-ci`;

const key = new roadstead.EncryptionKey("payments", {
  alias: "dev/payments",
  accountId: account,
  region,
  users: [pusher],
  tier: "development",
});
const repository = new roadstead.Repository("api", {
  repositoryName: "payments/api",
  region,
  keyArn: key.keyArn,
  pushRoleArns: [pusher],
});

export const repository_url = repository.repositoryUrl;
