namespace SignIn;

/// <summary>The response with a token.</summary>
internal sealed record IssuedToken(string Token);
