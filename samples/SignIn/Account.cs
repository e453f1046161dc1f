namespace SignIn;

/// <summary>An account.</summary>
internal sealed class Account
{
    /// <summary>The name, which is also the nick.</summary>
    public string Name { get; set; } = "";

    /// <summary>The hash of the password. The command <c>hash</c> of the program prints it.</summary>
    public string PasswordHash { get; set; } = "";

    /// <summary>The roles.</summary>
    public IList<string> Roles { get; } = [];
}
