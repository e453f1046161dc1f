namespace SignIn;

/// <summary>The names of the authorization policies.</summary>
internal static class SignInPolicy
{
    /// <summary>Requires the cookie of a browser that has signed in.</summary>
    public const string Cookie = "cookie";

    /// <summary>Requires a valid token.</summary>
    public const string Token = "token";

    /// <summary>Requires the role <c>staff</c>.</summary>
    public const string Staff = "staff";
}
