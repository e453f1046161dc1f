namespace SignIn;

/// <summary>The body of a request to sign in.</summary>
internal sealed record Credentials(string Name, string Password);
