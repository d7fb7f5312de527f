import java.lang.reflect.Field;

/** Prints every cipher suite that Java has a name for, the long gone ones too: number, name, other names. */
public class ListSuites {
  public static void main(String[] arguments) throws Exception {
    for (Object suite : Class.forName("sun.security.ssl.CipherSuite").getEnumConstants()) {
      System.out.println(read(suite, "id") + " " + read(suite, "name") + " " + read(suite, "aliases"));
    }
  }

  private static Object read(Object suite, String name) throws Exception {
    Field field = suite.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field.get(suite);
  }
}
