namespace SignIn;

/// <summary>The response with the account that is signed in.</summary>
internal sealed record SignedIn(string Name);
