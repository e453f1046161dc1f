using System.Text.Json.Serialization;

namespace SignIn;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Credentials)), JsonSerializable(typeof(SignedIn)), JsonSerializable(typeof(IssuedToken))]
internal sealed partial class SignInJson : JsonSerializerContext;
