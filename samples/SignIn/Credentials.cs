namespace SignIn;

/// <summary>What the page sends to sign in.</summary>
internal sealed record Credentials(string Name, string Password);
