namespace SignIn;

/// <summary>The claims of an account, the same in its cookie and in its tokens.</summary>
internal static class AccountClaim
{
    public const string Subject = "sub";
    public const string Name = "name";
    public const string Role = "role";
}
